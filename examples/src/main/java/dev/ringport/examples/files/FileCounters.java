// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import java.util.concurrent.atomic.LongAdder;

/** What a server has sent: complete answers, and bytes of files. */
final class FileCounters {
    final LongAdder answers = new LongAdder();
    final LongAdder bytes = new LongAdder();

    @Override
    public String toString() {
        return "answers " + answers + "   bytes of files " + bytes;
    }
}
