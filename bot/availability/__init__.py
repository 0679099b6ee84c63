"""When a desk answers: opening hours, holidays, special days, and whether anybody is on."""
