#define _GNU_SOURCE
#include "baselines.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

int purser_baseline_process(const char *const *arguments) {
  posix_spawn_file_actions_t actions;
  pid_t process;
  int status = 0;
  if (posix_spawn_file_actions_init(&actions)) return -1;
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  int code = posix_spawnp(&process, arguments[0], &actions, NULL, (char *const *)arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code) return -1;
  while (waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int purser_baseline_sync(const char *path, long count) {
  char page[4096];
  int code = 0;
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return -1;
  memset(page, 'p', sizeof page);
  for (long turn = 0; turn < count && !code; turn++)
    code = write(file, page, sizeof page) != sizeof page || fdatasync(file) != 0;
  close(file);
  return code;
}
