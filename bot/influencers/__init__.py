"""The roster of influencers and the weekly contact."""
