// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Takes what a server sends; what finds its buffer full is counted by the kernel. */
final class SinkLoad extends Load {
    private final OwnedCounter received = new OwnedCounter();

    SinkLoad() throws IOException {
        super(new LoadSocket(DATAGRAM_BYTES, 2 * DATAGRAM_BYTES, false));
        socket().fill((byte) 1);
    }

    @Override
    void run() throws IOException {
        while (!isStopped()) {
            int messages = socket().receive();
            if (messages > 0) {
                received.add(messages);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    Message counted(Message answer) throws IOException {
        long dropped = dropped(Files.readString(Path.of("/proc/net/udp")), socket().port());
        return answer.with("arrived", received.get() + dropped);
    }

    /** The last column of the socket's line in {@code /proc/net/udp}. */
    static long dropped(String table, int port) throws IOException {
        String local = String.format(Locale.ROOT, ":%04X", port);
        for (String line : table.lines().skip(1).toList()) {
            String[] columns = line.strip().split(" +", -1);
            if (columns.length > 1 && columns[1].endsWith(local)) {
                return Long.parseLong(columns[columns.length - 1]);
            }
        }
        throw new IOException("/proc/net/udp has no socket at port " + port);
    }
}
