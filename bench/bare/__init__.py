"""The measure for everything else: a Django project as `startproject` makes it, with one table and two pages."""
