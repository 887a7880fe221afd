#pragma once

// The buckets of every histogram of times, in C so that a BPF program counts in the same ones: the
// numbers below 64 have one each; from there on each power of two has 64, so that a bucket's middle
// is within 0.8 % of every number in it.
enum {
  HISTOGRAM_BUCKET_BITS = 6,
  HISTOGRAM_BUCKETS = (64 - HISTOGRAM_BUCKET_BITS + 1) << HISTOGRAM_BUCKET_BITS,
};

// The position of the highest bit that is set, by halving: BPF has no instruction for it.
static inline unsigned long long histogram_highest_bit(unsigned long long value) {
  unsigned long long bit = 0;
  for (unsigned long long half = 32; half > 0; half /= 2) {
    if (value >> half) {
      value >>= half;
      bit += half;
    }
  }
  return bit;
}

static inline unsigned long long histogram_bucket(unsigned long long value) {
  const unsigned long long in_octave = 1ULL << HISTOGRAM_BUCKET_BITS;
  if (value < in_octave) return value;
  const unsigned long long octave = histogram_highest_bit(value) - HISTOGRAM_BUCKET_BITS;
  return ((octave + 1) << HISTOGRAM_BUCKET_BITS) + ((value >> octave) - in_octave);
}
