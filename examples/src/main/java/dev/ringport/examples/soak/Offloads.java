// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.soak;

import dev.ringport.examples.LinuxChannels;
import dev.ringport.uring.UringChannelOption;
import io.netty.bootstrap.Bootstrap;

/** Whether trains leave and arrive as one, by the channels' options. */
enum Offloads {
    ON("on", true), OFF("off", false);

    private final String word;
    private final boolean segmentation;

    Offloads(String word, boolean segmentation) {
        this.word = word;
        this.segmentation = segmentation;
    }

    String word() {
        return word;
    }

    /** How many datagrams the kernel may count as one. */
    int datagramsCountedAsOne() {
        return this == ON ? Wire.MAX_TRAIN : 1;
    }

    /** Sets the channels' options; only Ringport's for Linux have them. */
    void set(Bootstrap bootstrap, Class<?> channelType) {
        if (LinuxChannels.are(channelType)) {
            bootstrap.option(UringChannelOption.UDP_AUTO_SEGMENTATION, segmentation)
                    .option(UringChannelOption.UDP_GRO, segmentation);
        }
    }
}
