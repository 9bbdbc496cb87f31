import { play } from './play.ts';

play('delivery-and-consent');
