"""The course: what each lesson starts from, asks, says and runs. `registry.LESSONS` is the list of all."""
