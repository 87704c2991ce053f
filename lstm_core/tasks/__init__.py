"""What a layer can learn: sequences a learner can type, what is to be said of them, and what could be remembered."""
