# Writes a ctest test for each suite of a test program: cmake -D NAME=… -D RUN=… -D LABEL=… -D LIST=… -P suites.cmake.
# Nothing may be missing for them: a skip is a failure, or it would hide among those that passed.
execute_process(COMMAND ${RUN} --gtest_list_tests OUTPUT_VARIABLE listed COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "\n[^ \n]+\\.[ \n]" suites "\n${listed}\n")
if(NOT suites)
  message(FATAL_ERROR "${NAME} has no test")
endif()
list(TRANSFORM RUN REPLACE "^(.+)$" "[==[\\1]==]" OUTPUT_VARIABLE command)
list(JOIN command " " command)
set(text "")
foreach(line ${suites})
  string(STRIP "${line}" suite)
  set(test "[==[${suite}*@${NAME}]==]") # two programs may have a suite of one name
  string(APPEND text "add_test(${test} ${command} [==[--gtest_filter=${suite}*]==])\n"
    "set_tests_properties(${test} PROPERTIES LABELS ${LABEL} FAIL_REGULAR_EXPRESSION [==[\\[  SKIPPED \\]]==])\n")
endforeach()
file(WRITE ${LIST} "${text}")
