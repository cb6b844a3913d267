#pragma once
#include <stddef.h>

/* The floors that the benchmarks compare with: the least that a step can do, written in C. */

/* Scans YAML with libyaml and counts its events; -1 on a syntax error. */
long purser_baseline_yaml_events(const unsigned char *bytes, size_t count);
