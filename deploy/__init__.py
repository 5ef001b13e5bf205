"""How Milepost is deployed, demonstrated and tried against real servers. Not part of the wheel."""
