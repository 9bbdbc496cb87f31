import { play } from './play.ts';

play('channels');
