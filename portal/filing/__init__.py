"""Filing a message: topic, place, words and photos, check and send."""
