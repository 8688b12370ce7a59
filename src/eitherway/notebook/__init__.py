"""Helpers of the teaching notebook: figures, widgets, and sentences that know whether they are still true."""
