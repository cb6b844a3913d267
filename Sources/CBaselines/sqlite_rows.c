#include "baselines.h"
#include <sqlite3.h>
#include <stdlib.h>

struct purser_baseline_database {
  sqlite3 *handle;
};

purser_baseline_database *purser_baseline_open(const char *path) {
  purser_baseline_database *database = malloc(sizeof *database);
  if (!database) return NULL;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  /* The settings of the store: what differs is only what is done with the rows. */
  const char *settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536;"
                         "PRAGMA wal_autocheckpoint = 8192";
  if (sqlite3_open_v2(path, &database->handle, flags, NULL) || sqlite3_exec(database->handle, settings, 0, 0, 0)) {
    purser_baseline_close(database);
    return NULL;
  }
  return database;
}

void purser_baseline_close(purser_baseline_database *database) {
  if (!database) return;
  sqlite3_close(database->handle);
  free(database);
}

/* Kept from the compiler, which would otherwise drop the reads. */
static volatile int64_t sink;

long purser_baseline_read_rows(purser_baseline_database *database, const char *sql) {
  sqlite3_stmt *statement;
  int64_t sum = 0;
  long rows = 0;
  int code;
  if (sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL)) return -1;
  int columns = sqlite3_column_count(statement);
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    for (int column = 0; column < columns; column++) {
      if (sqlite3_column_type(statement, column) == SQLITE_TEXT)
        sum += sqlite3_column_text(statement, column)[0] + sqlite3_column_bytes(statement, column);
      else
        sum += sqlite3_column_int64(statement, column);
    }
    rows++;
  }
  sqlite3_finalize(statement);
  sink = sum;
  return code == SQLITE_DONE ? rows : -1;
}

int purser_baseline_commit_rows(purser_baseline_database *database, const char *text, long count) {
  sqlite3 *handle = database->handle;
  const char *sql[] = {"BEGIN IMMEDIATE", "INSERT INTO baseline (data) VALUES (?)", "COMMIT"};
  sqlite3_stmt *steps[3] = {NULL, NULL, NULL};
  int code = sqlite3_exec(
      handle, "CREATE TABLE IF NOT EXISTS baseline (row INTEGER PRIMARY KEY, data TEXT NOT NULL) STRICT", 0, 0, 0);
  for (int step = 0; step < 3 && !code; step++) code = sqlite3_prepare_v2(handle, sql[step], -1, &steps[step], NULL);
  if (!code) code = sqlite3_bind_text(steps[1], 1, text, -1, SQLITE_STATIC);
  for (long row = 0; row < count && !code; row++) {
    for (int step = 0; step < 3 && !code; step++) {
      code = sqlite3_step(steps[step]) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
      sqlite3_reset(steps[step]);
    }
  }
  for (int step = 0; step < 3; step++) sqlite3_finalize(steps[step]);
  return code;
}
