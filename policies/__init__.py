"""Policy packs: rules about infrastructure, each usable without the rest of this project."""
