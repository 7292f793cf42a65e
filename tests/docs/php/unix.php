<?php
require __DIR__ . '/lib.php';
require '/run/php/unix.php';
expect('way', 'by ccnproxy', way($body));
