# Install rules and the package files behind find_package(mgt); links with mgt::core.

include(CMakePackageConfigHelpers)
set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/mgt")

install(TARGETS mgt_core EXPORT mgtTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY "${PROJECT_SOURCE_DIR}/core/include/mgt" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(EXPORT mgtTargets NAMESPACE mgt:: DESTINATION ${package_dir})
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/mgtConfig.cmake.in" "${PROJECT_BINARY_DIR}/mgtConfig.cmake"
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file("${PROJECT_BINARY_DIR}/mgtConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/mgtConfig.cmake" "${PROJECT_BINARY_DIR}/mgtConfigVersion.cmake"
  DESTINATION ${package_dir})
