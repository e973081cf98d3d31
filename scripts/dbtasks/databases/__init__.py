"""Databases of either engine behind one protocol; the only place that imports a driver."""
