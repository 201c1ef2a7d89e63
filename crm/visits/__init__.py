"""Visits of engineers at customers: appointment, visit code, checklists, parts, fee, result, photos, mobile page."""
