"""The Slack face of the desk: commands, buttons, modals, App Home, cards, delivery."""
