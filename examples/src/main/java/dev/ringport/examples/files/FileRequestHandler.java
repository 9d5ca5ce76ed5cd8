// Copyright 2026 The Ringport Authors
// SPDX-License-Identifier: Apache-2.0

package dev.ringport.examples.files;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection, answered one after the other: it asks for one decoded object at a time, and for the
 * next request when the last one has its answer. So it must stand behind a
 * {@link io.netty.handler.flow.FlowControlHandler} and without auto-read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of writes before the last one of an answer, closes and timers
final class FileRequestHandler extends ChannelInboundHandlerAdapter {
    /** Lets the answer in progress be the last one. */
    static final Object STOP = new Object();

    private static final long REQUEST_SECONDS = 30;
    private static final long LINGER_SECONDS = 2;

    private final FileTree tree;
    private final Executor files;
    private final FileCounters counters;
    private @Nullable Future<?> requestTimeout;
    private boolean answering;
    private boolean requestComplete = true;
    private boolean keepAlive = true;
    private boolean stopping;
    private boolean discarding;
    private boolean reading;
    private boolean readWanted;
    private boolean awaiting;

    FileRequestHandler(FileTree tree, Executor files, FileCounters counters) {
        this.tree = tree;
        this.files = files;
        this.counters = counters;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        awaitRequest(ctx);
    }

    /** From now on the peer has a certain time for what is missing of a request, or for the next one. */
    private void awaitRequest(ChannelHandlerContext ctx) {
        cancelTimeout();
        requestTimeout = ctx.executor().schedule(() -> ctx.close(), REQUEST_SECONDS, TimeUnit.SECONDS);
        read(ctx);
    }

    /** Asks for one object more. What waits already comes within this call: a loop, lest the stack grows with it. */
    private void read(ChannelHandlerContext ctx) {
        awaiting = true;
        readWanted = true;
        if (reading) {
            return;
        }
        reading = true;
        while (readWanted) {
            readWanted = false;
            ctx.read();
        }
        reading = false;
    }

    private void cancelTimeout() {
        if (requestTimeout != null) {
            requestTimeout.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        awaiting = false;
        try {
            if (discarding) {
                read(ctx);
                return;
            }
            requestComplete = message instanceof LastHttpContent;
            if (message instanceof HttpRequest request) {
                cancelTimeout();
                begin(ctx, request);
            } else {
                keepAlive &= ((HttpObject) message).decoderResult().isSuccess();
                if (requestComplete && !answering) {
                    next(ctx);
                }
            }
            if (!requestComplete) {
                read(ctx);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    /** What was read may have been too little for an object. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (awaiting) {
            read(ctx);
        }
    }

    private void begin(ChannelHandlerContext ctx, HttpRequest request) {
        answering = true;
        HttpResponseStatus refusal = refusal(request);
        // After such an expectation nobody can tell whether a body follows.
        keepAlive = HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess()
                && !request.headers().contains(HttpHeaderNames.EXPECT);
        HttpVersion version = request.protocolVersion();
        if (refusal != null) {
            ctx.executor().execute(() -> answer(ctx, version, Answer.refusal(refusal)));
            return;
        }
        files.execute(() -> {
            Answer answer = tree.answer(request);
            try {
                ctx.executor().execute(() -> answer(ctx, version, answer));
            } catch (RejectedExecutionException loopEnded) {
                answer.release();
            }
        });
    }

    private static @Nullable HttpResponseStatus refusal(HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            Throwable cause = request.decoderResult().cause();
            return cause instanceof TooLongHttpLineException
                    ? HttpResponseStatus.REQUEST_URI_TOO_LONG
                    : cause instanceof TooLongHttpHeaderException
                            ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                            : HttpResponseStatus.BAD_REQUEST;
        }
        HttpVersion version = request.protocolVersion();
        if (version.majorVersion() != 1) {
            return HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED;
        }
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && version.minorVersion() > 0)) {
            return HttpResponseStatus.BAD_REQUEST;
        }
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD)
                ? null
                : HttpResponseStatus.METHOD_NOT_ALLOWED;
    }

    private void answer(ChannelHandlerContext ctx, HttpVersion version, Answer answer) {
        if (!ctx.channel().isActive()) {
            answer.release();
            return;
        }
        keepAlive &= !stopping;
        answer.head().headers().set(HttpHeaderNames.DATE, HttpDates.text(Instant.now()));
        // For an earlier version the method would leave out the word that ends a connection.
        HttpUtil.setKeepAlive(answer.head().headers(), keepAlive ? version : HttpVersion.HTTP_1_1, keepAlive);
        long bytes = answer.bodyLength();
        ctx.write(answer.head());
        if (answer.body() != null) {
            // A body that breaks off leaves no way to tell the peer but the end of the connection.
            ctx.write(answer.body()).addListener(written -> {
                if (written.isSuccess()) {
                    counters.bytes.add(bytes);
                } else {
                    ctx.close();
                }
            });
        }
        ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(written -> {
            if (written.isSuccess()) {
                answered(ctx);
            } else {
                ctx.close();
            }
        });
    }

    private void answered(ChannelHandlerContext ctx) {
        counters.answers.increment();
        answering = false;
        next(ctx);
    }

    private void next(ChannelHandlerContext ctx) {
        if (!keepAlive || stopping) {
            endOutput(ctx);
        } else {
            awaitRequest(ctx);
        }
    }

    /** To close with unread input would reset the connection, and the peer might lose the end of the answer. */
    private void endOutput(ChannelHandlerContext ctx) {
        discarding = true;
        ((DuplexChannel) ctx.channel()).shutdownOutput();
        ctx.executor().schedule(() -> ctx.close(), LINGER_SECONDS, TimeUnit.SECONDS);
        read(ctx);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (STOP.equals(event)) {
            stopping = true;
            if (!answering && !discarding) {
                ctx.close();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        cancelTimeout();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
