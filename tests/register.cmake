# Registers mgt_tests with ctest: every case by itself, and the whole suite once under every instruction set.

include(Catch)
catch_discover_tests(mgt_tests DISCOVERY_MODE PRE_TEST PROPERTIES LABELS unit TIMEOUT 300)

foreach(arch IN LISTS mgt_archs)
  # per_arch.sh ends with 77 where this CPU lacks the instruction set: ctest says "Skipped" then.
  add_test(NAME per_arch.${arch}
    COMMAND "${CMAKE_CURRENT_SOURCE_DIR}/per_arch.sh" ${arch} "$<TARGET_FILE:mgt_tests>")
  set_tests_properties(per_arch.${arch} PROPERTIES LABELS per_arch SKIP_RETURN_CODE 77 TIMEOUT 900)
endforeach()
