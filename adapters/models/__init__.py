"""Any OpenAI-compatible endpoint as the core's `ChatModel` and `Embedder`."""
