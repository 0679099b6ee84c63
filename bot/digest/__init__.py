"""A desk's week in numbers, told once a week."""
