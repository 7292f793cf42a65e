# What is installed where, and the Debian package (packaging/build_package.sh makes it).
include(GNUInstallDirs)

set(packaging ${PROJECT_SOURCE_DIR}/packaging)
set(packaged ${PROJECT_BINARY_DIR}/packaged)
file(MAKE_DIRECTORY ${packaged})

add_custom_command(
  OUTPUT ${packaged}/ccnproxy.yaml
  COMMAND ${packaging}/make_config.sh < ${PROJECT_SOURCE_DIR}/config/ccnproxy.yaml > ${packaged}/ccnproxy.yaml
  DEPENDS ${packaging}/make_config.sh ${PROJECT_SOURCE_DIR}/config/ccnproxy.yaml VERBATIM)
add_custom_command(
  OUTPUT ${packaged}/ccnproxy.yaml.5
  COMMAND ${packaging}/man/make_yaml_page.sh ${packaging}/man/ccnproxy.yaml.5.in
          ${PROJECT_SOURCE_DIR}/config/ccnproxy.yaml > ${packaged}/ccnproxy.yaml.5
  DEPENDS ${packaging}/man/make_yaml_page.sh ${packaging}/man/keys.awk ${packaging}/man/ccnproxy.yaml.5.in
          ${PROJECT_SOURCE_DIR}/config/ccnproxy.yaml VERBATIM)

# Debian wants these compressed, without a time in them.
set(compressed)
foreach(file ${packaging}/man/ccnproxy.1 ${packaged}/ccnproxy.yaml.5 ${packaging}/debian/changelog)
  get_filename_component(name ${file} NAME)
  add_custom_command(OUTPUT ${packaged}/${name}.gz COMMAND gzip -9nc ${file} > ${packaged}/${name}.gz DEPENDS ${file} VERBATIM)
  list(APPEND compressed ${packaged}/${name}.gz)
endforeach()
add_custom_target(packaged ALL DEPENDS ${packaged}/ccnproxy.yaml ${compressed})

install(TARGETS ccnproxy DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${packaged}/ccnproxy.yaml DESTINATION ${CMAKE_INSTALL_FULL_SYSCONFDIR}/ccnproxy)
# Where systemd looks for units, whatever the prefix; /lib is but another name of /usr/lib.
install(FILES ${packaging}/systemd/ccnproxy.service ${packaging}/systemd/ccnproxy.socket DESTINATION /usr/lib/systemd/system)
install(FILES ${packaging}/sysctl/10-ccnproxy.conf DESTINATION lib/sysctl.d)
install(FILES ${packaged}/ccnproxy.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${packaged}/ccnproxy.yaml.5.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${packaging}/completion/ccnproxy.bash DESTINATION share/bash-completion/completions RENAME ccnproxy)
install(FILES ${packaging}/completion/_ccnproxy DESTINATION share/zsh/vendor-completions)
install(FILES ${packaged}/changelog.gz ${packaging}/debian/copyright DESTINATION share/doc/ccnproxy)
# Not among the documentation, which images of containers leave out. packaging/build_package.sh makes it.
install(FILES ${packaged}/ccnproxy.spdx.json DESTINATION share/ccnproxy OPTIONAL)

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)  # the configuration and the units are outside of the prefix
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)  # what is stripped becomes ccnproxy-dbgsym
set(CPACK_PACKAGE_NAME ccnproxy)
set(CPACK_PACKAGE_CONTACT "the ccnproxy authors <ccnproxy@example.org>")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "keeps HTTPS connections ready for applications that can't
A daemon beside application servers: they send plain HTTP/1.1 to it, and it
sends the requests on over TLS connections, HTTP/2 or HTTP/1.1, that it keeps
open and verified. A request then costs one round trip to its origin, where
a connection of its own would cost four.

The label ccnproxy-https in the Host says that a request is for it, so that
an application changes a host name and nothing else.")
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "init-system-helpers (>= 1.65.2)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, systemd")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${packaging}/debian/postinst ${packaging}/debian/prerm ${packaging}/debian/postrm ${packaging}/debian/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
