"""The matters that cannot wait. Without imports: a guest's bot brings no `actions` of ours."""

EMERGENCIES = frozenset(
    {"care_danger", "it_phishing_clicked", "it_malware", "it_data_sent_wrong", "it_lost_device"}
)
