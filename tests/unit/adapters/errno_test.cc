#include "adapters/errno.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace zprov::adapters {
namespace {

TEST(Errno, EveryNumberHasAKindAndASentence) {
  EXPECT_EQ(ErrorOf(ENOENT).kind, ErrorKind::kNotFound);
  EXPECT_EQ(ErrorOf(EACCES).kind, ErrorKind::kPermission);
  EXPECT_EQ(ErrorOf(EPERM).kind, ErrorKind::kPermission);
  EXPECT_EQ(ErrorOf(EROFS).kind, ErrorKind::kReadOnly);
  EXPECT_EQ(ErrorOf(EDQUOT).kind, ErrorKind::kNoSpace);
  EXPECT_EQ(ErrorOf(ELOOP).kind, ErrorKind::kInvalid);
  EXPECT_EQ(ErrorOf(EXDEV).kind, ErrorKind::kCrossDevice);
  for (int number = 1; number < 134; ++number) EXPECT_FALSE(ErrorOf(number).message.empty());
}

TEST(Errno, AFailingMediumIsAnInputOutputErrorThatPointsToTheLog) {
  const Error error = ErrorOf(EIO);
  EXPECT_EQ(error.kind, ErrorKind::kIo);
  EXPECT_NE(error.message.find("errno 5"), std::string::npos);
  EXPECT_NE(error.message.find("dmesg"), std::string::npos);
}

TEST(Errno, WhatWasDoneStandsInFrontOfTheSentence) {
  const Result<int> failed = Named("read", "/etc/hosts", Result<int>(FailErrno(ENOTDIR)));
  EXPECT_EQ(failed.error().kind, ErrorKind::kNotDirectory);
  EXPECT_EQ(failed.error().message, "read /etc/hosts: not a directory");
}

}  // namespace
}  // namespace zprov::adapters
