// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.mmsg.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells {@code tools/netns} which JDK the build's toolchain has chosen. */
public final class WriteJavaHome {
    private WriteJavaHome() {}

    public static void main(String[] args) throws IOException {
        Files.writeString(Path.of(args[0]), System.getProperty("java.home"));
    }
}
