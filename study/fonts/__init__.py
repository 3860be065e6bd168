"""The font of the figures: a subset of Pretendard that holds Korean and mathematical signs."""
