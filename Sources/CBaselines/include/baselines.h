#pragma once
#include <stddef.h>
#include <stdint.h>

/* The floors that the benchmarks compare with: the least that a step can do, written in C. */

/* Scans YAML with libyaml and counts its events; -1 on a syntax error. */
long purser_baseline_yaml_events(const unsigned char *bytes, size_t count);

/* Adds up columns of 64-bit and 32-bit numbers in one pass. */
int64_t purser_baseline_sum(const int64_t *const *wide, const size_t *wide_counts, size_t wide_columns,
                            const int32_t *const *narrow, const size_t *narrow_counts, size_t narrow_columns);
