"""Use cases: what the engine can say of itself: explanations, the forecast, reports, experiments, records."""
