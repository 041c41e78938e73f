"""One reference of a live stack is rewired to another owner; an oracle of its own says what that would share."""
