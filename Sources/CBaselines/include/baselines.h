#pragma once
#include <stddef.h>
#include <stdint.h>

/* The floors that the benchmarks compare with: the least that a step can do, written in C. */

/* Scans YAML with libyaml and counts its events; -1 on a syntax error. */
long purser_baseline_yaml_events(const unsigned char *bytes, size_t count);

/* Adds up columns of 64-bit and 32-bit numbers in one pass. */
int64_t purser_baseline_sum(const int64_t *const *wide, const size_t *wide_counts, size_t wide_columns,
                            const int32_t *const *narrow, const size_t *narrow_counts, size_t narrow_columns);

/* Steps through every row of a query and reads every column, keeping nothing but their sum; returns the count of rows,
   -1 on an error. */
typedef struct purser_baseline_database purser_baseline_database;
purser_baseline_database *purser_baseline_open(const char *path);
long purser_baseline_read_rows(purser_baseline_database *database, const char *sql);

/* Commits rows of the given text one by one, each in a transaction of its own that is on disk when it returns; 0 when
   all went in. The table is made when it is missing. */
int purser_baseline_commit_rows(purser_baseline_database *database, const char *text, long count);
void purser_baseline_close(purser_baseline_database *database);

/* Runs a program to its end with no output; its exit code, or -1 when it could not be started. */
int purser_baseline_process(const char *const *arguments);

/* Appends a page to a file and syncs it to disk, `count` times; 0 when all went well. */
int purser_baseline_sync(const char *path, long count);
