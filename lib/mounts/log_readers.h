#pragma once
#include "mounts/log_import.h"

// The forms of log that are known; each is a file.
namespace bytepath::mounts {

std::unique_ptr<LogReader> csv_reader();         // request_csv.h
std::unique_ptr<LogReader> blkparse_reader();    // blkparse(1)
std::unique_ptr<LogReader> nbdkit_reader();      // nbdkit-log-filter(1)
std::unique_ptr<LogReader> access_log_reader();  // nginx, Apache, S3
std::unique_ptr<LogReader> juicefs_reader();     // .accesslog

}  // namespace bytepath::mounts
