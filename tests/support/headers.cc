// Carries the precompiled headers of the test programs (tests/CMakeLists.txt); nothing of its own.
