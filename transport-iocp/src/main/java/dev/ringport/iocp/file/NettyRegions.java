// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.iocp.file;

import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import java.io.File;
import java.lang.reflect.Field;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;

/**
 * What {@link DefaultFileRegion} hides: its file and how much of it was sent. Open to reflection on the class path; on
 * the module path only with {@code --add-opens io.netty.transport/io.netty.channel=dev.ringport.transport.iocp}.
 */
final class NettyRegions {
    private static final @Nullable Field FILE = field("f");
    private static final @Nullable Field CHANNEL = field("file");
    private static final @Nullable Field TRANSFERRED = field("transferred");

    private NettyRegions() {}

    private static @Nullable Field field(String name) {
        try {
            Field field = DefaultFileRegion.class.getDeclaredField(name);
            return field.trySetAccessible() ? field : null;
        } catch (NoSuchFieldException | RuntimeException another) {
            return null;
        }
    }

    private static @Nullable Object read(@Nullable Field field, DefaultFileRegion region) {
        try {
            return field == null ? null : field.get(region);
        } catch (IllegalAccessException hidden) {
            return null;
        }
    }

    /** The file of a region that was made with one, or null. */
    static @Nullable File file(DefaultFileRegion region) {
        return (File) read(FILE, region);
    }

    /** The open channel of a region that was made with one, or null. */
    static @Nullable FileChannel fileChannel(DefaultFileRegion region) {
        return (FileChannel) read(CHANNEL, region);
    }

    /** Tells Netty's region what was sent without its help. */
    static void transferred(FileRegion region, long bytes) {
        if (TRANSFERRED != null && region.getClass() == DefaultFileRegion.class && region.transferred() < bytes) {
            try {
                TRANSFERRED.setLong(region, bytes);
            } catch (IllegalAccessException hidden) {
                // Nobody but the user's own code reads it.
            }
        }
    }
}
