<?php
require __DIR__ . '/lib.php';
require '/run/php/connect_to.php';
expect('way', 'by ccnproxy', way($body));
