#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, PAGES = 16384, FILES = 16, FOLDERS = 8, PATH = 512 };

/// A page was written since the last sync, or its last sync failed.
enum { CLEAN, DIRTY, LOST };

typedef struct {
  char path[PATH];
  unsigned char state[PAGES];
  unsigned char *durable;
  size_t length;
} File;

typedef struct {
  char folder[PATH];
  int nth, syncs;
  File *files[FILES];
} Folder;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Folder *folders[FOLDERS];
/// Without a folder the hooks cost a load.
static atomic_int watched;

static Folder *find(const char *path, int isFolder) {
  for (int i = 0; i < FOLDERS; i++) {
    if (!folders[i]) continue;
    size_t length = strlen(folders[i]->folder);
    if (strncmp(path, folders[i]->folder, length) == 0 && path[length] == (isFolder ? 0 : '/')) return folders[i];
  }
  return NULL;
}

static File *file(Folder *folder, const char *path) {
  for (int i = 0; i < FILES; i++) {
    if (folder->files[i] && strcmp(folder->files[i]->path, path) == 0) return folder->files[i];
    if (folder->files[i]) continue;
    folder->files[i] = calloc(1, sizeof(File));
    if (folder->files[i]) strncpy(folder->files[i]->path, path, PATH - 1);
    return folder->files[i];
  }
  return NULL;
}

/// The path of an open ordinary file or folder; 0 if it has none.
static int path_of(int fd, char path[PATH]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t count = readlink(link, path, PATH - 1);
  if (count <= 0 || path[0] != '/') return 0;
  path[count] = 0;
  return 1;
}

static void note_write(int fd, off_t offset, ssize_t count) {
  char path[PATH];
  if (count <= 0 || offset < 0 || !path_of(fd, path)) return;
  pthread_mutex_lock(&lock);
  Folder *folder = find(path, 0);
  File *one = folder ? file(folder, path) : NULL;
  for (off_t page = offset / PAGE; one && page <= (offset + count - 1) / PAGE && page < PAGES; page++)
    one->state[page] = DIRTY;
  pthread_mutex_unlock(&lock);
}

/// What is written and not lost is on disk from now on.
static void keep(File *one, int fd) {
  struct stat status;
  if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > (off_t)PAGES * PAGE) return;
  size_t length = (size_t)status.st_size;
  unsigned char *durable = calloc(1, length + PAGE);
  if (!durable) return;
  for (size_t page = 0; page * PAGE < length; page++) {
    if (one->state[page] == LOST) {
      size_t known = one->length > page * PAGE ? one->length - page * PAGE : 0;
      memcpy(durable + page * PAGE, one->durable + page * PAGE, known < PAGE ? known : PAGE);
    } else {
      ssize_t count = pread(fd, durable + page * PAGE, PAGE, (off_t)(page * PAGE));
      (void)count;
      one->state[page] = CLEAN;
    }
  }
  free(one->durable);
  one->durable = durable;
  one->length = length;
}

static int synced(int fd, long call) {
  char path[PATH];
  if (atomic_load(&watched) == 0 || !path_of(fd, path)) return (int)syscall(call, fd);
  pthread_mutex_lock(&lock);
  Folder *folder = find(path, 0);
  if (!folder) folder = find(path, 1);
  int fails = folder && ++folder->syncs == folder->nth;
  File *one = folder ? file(folder, path) : NULL;
  for (int page = 0; one && fails && page < PAGES; page++)
    if (one->state[page] == DIRTY) one->state[page] = LOST;
  int result = fails ? -1 : (int)syscall(call, fd);
  if (one && result == 0) keep(one, fd);
  pthread_mutex_unlock(&lock);
  if (fails) errno = EIO;
  return result;
}

// The names of the C library: the dynamic linker finds them here first.

int fsync(int fd) { return synced(fd, SYS_fsync); }
int fdatasync(int fd) { return synced(fd, SYS_fdatasync); }

ssize_t write(int fd, const void *bytes, size_t count) {
  off_t offset = atomic_load(&watched) ? lseek(fd, 0, SEEK_CUR) : -1;
  ssize_t written = syscall(SYS_write, fd, bytes, count);
  if (offset >= 0) {
    int code = errno;
    note_write(fd, offset, written);
    errno = code;
  }
  return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  ssize_t written = syscall(SYS_pwrite64, fd, bytes, count, offset);
  if (atomic_load(&watched)) {
    int code = errno;
    note_write(fd, offset, written);
    errno = code;
  }
  return written;
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off_t offset) { return pwrite(fd, bytes, count, offset); }

void faults_forget(const char *folder) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < FOLDERS; i++) {
    if (!folders[i] || strcmp(folders[i]->folder, folder) != 0) continue;
    for (int j = 0; j < FILES && folders[i]->files[j]; j++) {
      free(folders[i]->files[j]->durable);
      free(folders[i]->files[j]);
    }
    free(folders[i]);
    folders[i] = NULL;
    atomic_fetch_sub(&watched, 1);
  }
  pthread_mutex_unlock(&lock);
}

int faults_watch(const char *folder) {
  faults_forget(folder);
  Folder *one = calloc(1, sizeof(Folder));
  if (!one) return -1;
  strncpy(one->folder, folder, PATH - 1);
  pthread_mutex_lock(&lock);
  int i = 0;
  while (i < FOLDERS && folders[i]) i++;
  if (i < FOLDERS) {
    folders[i] = one;
    atomic_fetch_add(&watched, 1);
  } else {
    free(one);
  }
  pthread_mutex_unlock(&lock);
  return i < FOLDERS ? 0 : -1;
}

void faults_fail_sync(const char *folder, int nth) {
  pthread_mutex_lock(&lock);
  Folder *one = find(folder, 1);
  if (one) one->nth = one->syncs + nth;
  pthread_mutex_unlock(&lock);
}

int faults_syncs(const char *folder) {
  pthread_mutex_lock(&lock);
  Folder *one = find(folder, 1);
  int syncs = one ? one->syncs : 0;
  pthread_mutex_unlock(&lock);
  return syncs;
}

int faults_save_durable(const char *folder, const char *target) {
  int result = 0;
  pthread_mutex_lock(&lock);
  Folder *one = find(folder, 1);
  for (int i = 0; one && i < FILES && one->files[i]; i++) {
    File *file = one->files[i];
    const char *name = file->path + strlen(folder) + 1;
    // What was removed is taken to be gone at once.
    if (!file->durable || strchr(name, '/') || access(file->path, F_OK) != 0) continue;
    char path[2 * PATH];
    snprintf(path, sizeof path, "%s/%s", target, name);
    FILE *copy = fopen(path, "w");
    if (!copy || fwrite(file->durable, 1, file->length, copy) != file->length) result = -1;
    if (copy && fclose(copy) != 0) result = -1;
  }
  pthread_mutex_unlock(&lock);
  return one ? result : -1;
}
