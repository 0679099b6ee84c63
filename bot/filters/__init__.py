"""Filters that agents write and keep: `status:queued and (label:vip or waiting>30m)`."""
