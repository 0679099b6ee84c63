"""What has to happen at a time: each timer is a row."""
