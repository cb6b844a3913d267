#include "baselines.h"

int64_t purser_baseline_sum(const int64_t *const *wide, const size_t *wide_counts, size_t wide_columns,
                     const int32_t *const *narrow, const size_t *narrow_counts, size_t narrow_columns) {
  int64_t sum = 0;
  for (size_t column = 0; column < wide_columns; column++)
    for (size_t row = 0; row < wide_counts[column]; row++) sum += wide[column][row];
  for (size_t column = 0; column < narrow_columns; column++)
    for (size_t row = 0; row < narrow_counts[column]; row++) sum += narrow[column][row];
  return sum;
}
