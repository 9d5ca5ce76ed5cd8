// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import dev.ringport.TransportProvider;
import dev.ringport.iocp.IocpFileRegion;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.IOException;
import java.nio.file.Path;

/** A part of a file in the form that a transport sends without copying it through the JVM. */
final class FileRegions {
    private FileRegions() {}

    /** Opens the file, which may block. */
    static FileRegion open(TransportProvider transport, Path file, long position, long count) throws IOException {
        if (transport.name().equals("iocp")) {
            return ForWindows.open(file, position, count);
        }
        DefaultFileRegion region = new DefaultFileRegion(file.toFile(), position, count);
        try {
            region.open();
        } catch (IOException failed) {
            region.release();
            throw failed;
        }
        return region;
    }

    /** Not loaded where the artifact is not there. */
    private static final class ForWindows {
        static FileRegion open(Path file, long position, long count) throws IOException {
            return new IocpFileRegion(file, position, count);
        }
    }
}
