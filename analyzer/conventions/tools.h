// The conventions, one file each. Private to this room: see registry.cc.
#ifndef LATCAST_ANALYZER_CONVENTIONS_TOOLS_H_
#define LATCAST_ANALYZER_CONVENTIONS_TOOLS_H_

#include "analyzer/conventions/convention.h"

namespace latcast::conventions {

Convention DeepSpeed();
Convention FlopCounter();
Convention Fvcore();
Convention OnnxTool();
Convention Ptflops();
Convention PtflopsAten();
Convention Thop();
Convention Torchinfo();
Convention Torchprofile();
Convention Torchstat();
Convention Torchvision();

Convention DnnAnalyzer();
Convention Nns();
Convention Thoplw();
Convention Torchscan();

}  // namespace latcast::conventions

#endif  // LATCAST_ANALYZER_CONVENTIONS_TOOLS_H_
