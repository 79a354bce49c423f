"""Who may do what when: the deciders. A verifier folds entries and needs none of these."""
