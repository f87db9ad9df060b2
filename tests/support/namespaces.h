// Namespaces of their own for kernel tests, so that mounts and links vanish with the process, kill
// -9 included. Works in a plain chroot too, where the usual `mount --make-rprivate /` is EINVAL.
#pragma once

namespace zprov::tests {

// Puts this process into new namespaces (CLONE_NEWNS is added to `more`, e.g. CLONE_NEWNET) and
// keeps its mounts from reaching anybody else. Call it in a forked child, with one thread. Returns
// 0 or an errno: EPERM without CAP_SYS_ADMIN.
int EnterPrivateNamespaces(int more);

}  // namespace zprov::tests
