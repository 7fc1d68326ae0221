package io.amanuensis.npu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/** Whether this process may open a device node, which is not tried: opening one can already claim it. */
final class NodeAccess {
    private static final String SUBJECT = "node";

    private NodeAccess() {}

    static Evidence evidence(Path node) {
        if (!Files.exists(node)) {
            return Evidence.missing(
                    SUBJECT,
                    node + " does not exist, though the kernel has the device",
                    "in a container, pass it in: --device=%s; on a machine, udev makes it".formatted(node));
        }
        if (!Files.isReadable(node) || !Files.isWritable(node)) {
            return Evidence.missing(
                    SUBJECT,
                    "%s is not to be read and written by user %s: %s"
                            .formatted(node, System.getProperty("user.name"), permissions(node)),
                    "join its group: 'usermod -aG render %s' and log in again; SupplementaryGroups=render in a systemd unit; the"
                                    .formatted(System.getProperty("user.name"))
                            + " group's number in a pod's supplementalGroups");
        }
        return Evidence.good(SUBJECT, "%s, %s".formatted(node, permissions(node)));
    }

    private static String permissions(Path node) {
        try {
            PosixFileAttributes attributes = Files.readAttributes(node, PosixFileAttributes.class);
            return "%s %s:%s"
                    .formatted(
                            PosixFilePermissions.toString(attributes.permissions()),
                            attributes.owner().getName(),
                            attributes.group().getName());
        } catch (IOException e) {
            return "permissions cannot be read: " + e.getMessage();
        }
    }
}
