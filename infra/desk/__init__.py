"""The local desk's stand-in for Slack: one workspace, its Web API, its people, and a page.

Nothing in here knows the product; it knows Slack. It takes what the real client sends, sends what
the real Slack would send, and refuses what Slack refuses. How AWS is played stands beside it.
"""
