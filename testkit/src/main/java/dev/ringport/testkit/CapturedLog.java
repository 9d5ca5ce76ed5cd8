// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.testkit;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sees what is logged, which tests send to the standard error stream. */
public final class CapturedLog implements AutoCloseable {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final PrintStream before = System.err;

    private CapturedLog() {
        System.setErr(new PrintStream(new Tee(), true, StandardCharsets.UTF_8));
    }

    private final class Tee extends OutputStream {
        @Override
        public void write(int b) {
            synchronized (written) {
                written.write(b);
            }
            before.write(b);
        }
    }

    public static CapturedLog capture() {
        return new CapturedLog();
    }

    /** The lines so far that contain the text. */
    public List<String> lines(String text) {
        synchronized (written) {
            return written.toString(StandardCharsets.UTF_8).lines().filter(line -> line.contains(text)).toList();
        }
    }

    @Override
    public void close() {
        System.setErr(before);
    }
}
