#pragma once
#include <stddef.h>
#include <stdint.h>

/* The floors that the benchmarks are held against: what the machine needs for the bare work, in C. */

/* Adds up columns of 64-bit and 32-bit numbers in one pass. */
int64_t baseline_sum(const int64_t *const *wide, const size_t *wide_counts, size_t wide_columns,
                     const int32_t *const *narrow, const size_t *narrow_counts, size_t narrow_columns);
