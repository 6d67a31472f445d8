"""Slack: its events become messages and presses, our posts and replies become its messages."""
